### Reasons of the live-source alarm. One message per rule id; variables are the rule's args.
