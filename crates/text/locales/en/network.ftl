### Links between tips, hints for a person, proposed persons, folded reports.

network-link-account-id = Same account at the provider: { $value }.
network-link-device-id = Same device: { $value }.
network-link-email = Same e-mail address: { $value }.
network-link-hash = Same file (exact hash, in few tips): { $value }.
network-link-ip-port = Same IP address and source port at nearly the same time: { $value }.
network-link-none = Shared, without linking anything: { $value }.
network-link-phone = Same telephone number: { $value }.
network-link-report = One of the tips names the other: { $value }.
network-link-url = Same profile URL, with an account id in it: { $value }.
network-hint-account-id = The same account appears in tips that are not linked: { $value }.
network-hint-device-id = The same device appears in tips that are not linked: { $value }.
network-hint-display-name = Same displayed name; anybody may choose it: { $value }.
network-hint-email = Same e-mail address, unverified and without a second match: { $value }.
network-hint-hash = The same file appears in tips that are not linked: { $value }.
network-hint-ip = Same IP address; several people may share it: { $value }.
network-hint-ip-port = Same IP address and source port at different times: { $value }.
network-hint-phone = Same telephone number, unverified and without a second match: { $value }.
network-hint-report = Several tips name the same report, or the link was undone: { $value }.
network-hint-screen-name = Same screen name at the provider; it may belong to different people: { $value }.
network-hint-url = Same URL, without an account id in it: { $value }.
network-person-proposed = Possible same person (proposed, not decided): { $tips } tips.
network-folded =
    { $count ->
        [one] One more report of the same widely copied material
       *[other] { $count } more reports of the same widely copied material
    }.
