### Reasons of the live-source alarm. One message per rule id; variables are the rule's args.

alarm-base-rate = This is an order of work, not a finding about anybody. By the published figures of KIRAT-2: if 12 of 100 people in the list are a danger to a child, "high" is right about one time in four; if 55 of 100 are, about three times in four.
alarm-claims-access = The counterpart says that a child lives with or is looked after by the writer (literal text: "{ $excerpt }", { $date }; such messages: { $count }).
alarm-unlisted-received =
    { $count ->
        [one] One picture received from the counterpart is in none of the lists consulted, neither equal nor similar
       *[other] { $count } pictures received from the counterpart are in none of the lists consulted, neither equal nor similar
    } (from { $first } to { $last }; in groups: { $in_groups }).
alarm-unlisted-provisional =
    { $count ->
        [one] PROVISIONAL: the hash that the app recorded of one picture received is in none of the lists consulted
       *[other] PROVISIONAL: the hashes that the app recorded of { $count } pictures received are in none of the lists consulted
    }; their appearance has not been compared yet (from { $first } to { $last }; in groups: { $in_groups }).
alarm-not-looked-up =
    { $count ->
        [one] One file received could not be looked up in any list
       *[other] { $count } files received could not be looked up in any list
    } (from { $first } to { $last }; in groups: { $in_groups }).
alarm-series-in-time = { $count } of the pictures that no list knows came close together in the same chat (from { $first } to { $last }; in groups: { $in_groups }).
alarm-series-same-camera = { $count } of the pictures that no list knows name the same camera in their metadata: { $camera }.
alarm-recent-creation =
    { $count ->
        [one] By its metadata, one picture that no list knows was taken few days before it was sent
       *[other] By their metadata, { $count } pictures that no list knows were taken few days before they were sent
    } (sent from { $first } to { $last }; in groups: { $in_groups }).
alarm-listed-in-chat = Files that are in a list of known material went through the direct chat: { $count } (sent by the counterpart: { $from_counterpart }).
alarm-offers-or-requests = In the chat something is offered or asked for in exchange, or more is asked for (literal text: "{ $excerpt }", { $date }; such messages: { $count }).
alarm-promises-more = The counterpart announces that more will follow (literal text: "{ $excerpt }", { $date }; such messages: { $count }).
alarm-secrecy = The counterpart asks to keep something quiet or to delete it (literal text: "{ $excerpt }", { $date }; such messages: { $count }).
alarm-recent-contact = Recent contact: the last record between the two is of { $date }.
alarm-contact-date-unknown = No record between the two has a usable date; whether the contact is recent is not known.
alarm-only-listed = Against: everything compared that went through the direct chat is already in the lists consulted ({ $count } files, from { $first } to { $last }).
alarm-widely-distributed = Against: a list marks { $count } of the files received as widely distributed (from { $first } to { $last }; in groups: { $in_groups }).
alarm-forwarded = Against: the app marks { $count } of the files received as forwarded (from { $first } to { $last }; in groups: { $in_groups }).
alarm-no-exchange-context = Against: the direct chat shows no listed material and no offers, requests or promises.
alarm-saved-contact = Against: the address book of the person under investigation has the counterpart as "{ $name }".
alarm-family-talk = Against: ordinary family conversation (literal text: "{ $excerpt }", { $date }; such messages: { $count }).
alarm-floor-top = Possible live source: states access to a child, sent { $count } pictures that are in none of the lists consulted (from { $first } to { $last }; in groups: { $in_groups }), there is a context of exchange, and the contact is recent.
alarm-floor-top-provisional = PROVISIONAL, possible live source: states access to a child, sent { $count } pictures whose hashes are in none of the lists consulted, their appearance still to be compared (from { $first } to { $last }; in groups: { $in_groups }), there is a context of exchange, and the contact is recent.
alarm-claim-without-file = States access to a child ("{ $excerpt }", { $date }; such messages: { $count }), but no file received from the counterpart is on record: to be reviewed.
alarm-states-minor-age = The counterpart states an age below 18 (literal text: "{ $excerpt }", { $date }; such messages: { $count }): protection path, not ranked as a person under investigation.
