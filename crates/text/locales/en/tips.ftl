### Reasons of a tip's urgency and of the clocks that run.

tip-originator-level-1 = The originator gives level { $level }: child in danger now.
tip-originator-level-2 = The originator gives level { $level }: child within reach of the person reported.
tip-originator-level-3 = The originator gives level { $level }: no known contact with a child.
tip-originator-level-e = Level { $level }: nobody has examined it yet; that is not low urgency.
tip-originator-level-unknown = The originator gives no known level (it gives: { $level }).
tip-access-stated = The provider states that the person reported has access to children.
tip-access-not-stated = The tip does not say whether the person reported has access to children.
tip-victim-named =
    { $count ->
        [one] The tip identifies one possible victim
       *[other] The tip identifies { $count } possible victims
    }.
tip-contact-incident = The incident type indicates contact with a child (literal text: "{ $type }").
tip-live-material = The originator marks a live transmission (such files: { $count }).
tip-recent-incident = Recent incident: { $days } days ago by the originator.
tip-incident-time-unknown = No usable time of the incident is on record.
tip-industry-class-a1 = The provider classes a file as { $class } (its opinion).
tip-industry-class-a2 = The provider classes a file as { $class } (its opinion).
tip-industry-class-b1 = The provider classes a file as { $class } (its opinion).
tip-industry-class-b2 = The provider classes a file as { $class } (its opinion).
tip-industry-class-not-stated = The provider does not class the files.
tip-same-group =
    { $count ->
        [one] One other tip shares identifiers with this one
       *[other] { $count } other tips share identifiers with this one
    }.
tip-many-files = The tip holds { $count } distinct files.
tip-files-in-no-list =
    { $count ->
        [one] The hash of one file is in none of the lists consulted
       *[other] The hashes of { $count } files are in none of the lists consulted
    } (appearance not compared).
tip-files-not-looked-up = The files of the tip ({ $count }) have not been looked up in any list.
tip-viral-all = All files ({ $count } of { $total }) are viral or already known: urgency falls, the tip is kept.
tip-viral-some = Some of the files ({ $count } of { $total }) are viral or already known.
tip-viral-outweighed = Some files are viral or already known ({ $count } of { $total }), but a sign of a child in danger always weighs more.
tip-suspect-may-be-minor = The person reported may be a minor (age stated: { $age }): protection path.
tip-capture-in-steep-part = The last IP event was { $days } days ago: most operator data is lost within the first two weeks.
tip-capture-before-loss = The operator may hold the data of the last IP event until { $date } ({ $source }).
tip-capture-past-loss = The retention period of the last IP event ended on { $date } ({ $source }); data may still exist.
tip-loss-soon = { $days } days are left until the first known loss of data.
tip-no-clock-known = No retention period for IP data is known for the country ({ $country }); the last event was { $days } days ago.
tip-capture-time-missing = IP events without a usable time: { $count }.
tip-port-missing = IP events without a source port: { $count }; in networks with shared addresses they may not suffice.
tip-no-capture = No IP event is on record.
tip-content-until = The provider keeps the reported content until { $date } ({ $source }).
tip-territory-address = An address in the tip gives { $country }, division: { $division }.
tip-territory-division-name = The name of the division ({ $division }) points to { $country }; the country is not stated.
tip-territory-phone = The calling code of a telephone belongs to { $country }.
tip-territory-conflict = The tip names several countries: { $countries }.
tip-country-not-recognised = The country as written is not recognised: "{ $text }".
tip-no-country = The tip allows no country to be assigned.
