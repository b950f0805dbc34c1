### The draft of a request to preserve data. Only what the record says.

preservation-title = Request to preserve data
preservation-draft = Draft. It has no effect until the competent authority has reviewed and signed it.
preservation-addressee = Addressee
preservation-operator = Operator of the IP addresses listed, country { $country }
preservation-operator-unknown = Operator of the IP addresses listed; its country is not on record
preservation-provider-unknown = Provider; its name is not on record
preservation-tip = Report
preservation-from-country = Country of the requesting authority
preservation-made = Drafted (UTC)
preservation-basis = Legal basis
preservation-basis-confirm = { $law } (to be confirmed by the authority before signing)
preservation-to-fill-in = to be filled in by the authority
preservation-asked-days = Days of preservation asked for
preservation-renewed-days = Days after a renewal, in total
preservation-ask-operator = Please preserve, unaltered and without handing anything over yet, the subscriber and connection data of the following events.
preservation-ask-provider = Please preserve, unaltered and without handing anything over yet, the records and the content of the following accounts, and the IP addresses with source port and time of their use.
preservation-items = Items
preservation-event = Event, as reported: { $event }
preservation-no-port = The source port is not on record.
preservation-no-time = The time is not on record.
preservation-no-zone = The time is given as written ({ $time }); its time zone is not on record.
preservation-identifier-kind =
    Kind of identifier: { $kind ->
        [account_id] account id
        [screen_name] screen name
        [url] URL
        [email] e-mail address
       *[other] { $kind }
    }
preservation-evidence = Place in the report: { $place }
preservation-no-date = Such records are kept for { $days } days; without a usable time no date can be given.
preservation-any-day = No retention period is known: it may be lost any day.
preservation-passed = The known retention period ended on { $date }; it may still exist.
preservation-until = It may be deleted from { $date } on.
preservation-no-notice = Please do not inform the account holder or subscriber of this request.
preservation-limits = This request repeats what a report states. It does not say who did anything.
