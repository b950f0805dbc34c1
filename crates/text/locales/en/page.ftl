# The read-only local page with which the demonstration ends.

page-demo-title = Reference case: result
page-demo-lead = A synthetic, harmless world, processed with the same commands that an officer uses. All persons, numbers and pictures are invented.
page-demo-foot = Read-only. This page loads nothing from elsewhere and answers on this machine alone.
page-demo-yes = yes
page-demo-no = no

page-demo-tile-first-alarm = from attaching the device to the first alarm
page-demo-tile-media-read = media files read by then / listed
page-demo-tile-rank = place of the live source among the counterparts
page-demo-tile-decoys = decoys in the top band
page-demo-tile-tips = tips of one user brought together / planted
page-demo-tile-referral = state of the referral after the receipt
page-demo-tile-verified = log and objects verified in both units
page-demo-tile-seconds = duration of the whole path

page-demo-alarms = Counterparts, by urgency
page-demo-alarms-intro = Each reason points to its evidence. Bands order the work; they accuse nobody, and a person must review them.
page-demo-ledger = Exchange with the first counterpart
page-demo-ledger-intro = Who sent which file, when, and where it is recorded. The hash is the one that the app itself recorded, where there is one.
page-demo-ledger-at = Time
page-demo-ledger-from = Sent by
page-demo-ledger-file = File
page-demo-ledger-hash = SHA-256
page-demo-ledger-source = Recorded in
page-demo-truth = Against the truth of the synthetic world
page-demo-truth-intro = What the generator planted, and what the program found without knowing it.
page-demo-truth-tips = Tips of one user
page-demo-truth-unseen = Pictures of the source that no list knows
page-demo-truth-known = Pictures known exactly
page-demo-truth-near = Pictures known only after re-encoding
page-demo-files = Files
page-demo-files-intro = The sealed referral, and what the receiving unit opened. It holds no pictures.
page-demo-steps = Commands run
page-demo-steps-intro = Each command can be repeated by hand in the folder of the demonstration.

page-demo-step = Command
page-demo-unit = Unit
page-demo-actor = Person
page-demo-seconds = Seconds
page-demo-what = What
page-demo-result = Result
page-demo-planted = Planted
page-demo-found = Found
page-demo-not-top = outside the top band
page-demo-decoy-forwarder = Decoy: forwards known and viral files
page-demo-decoy-teenager = Decoy: a minor exchanging with another minor
page-demo-decoy-boaster = Decoy: promises and sends nothing
page-demo-decoy-relative = Decoy: a relative with family photos
page-demo-work-world = (making the synthetic world)
page-demo-address = The page stays at { $address } (Ctrl-C to end)
page-demo-folder-taken = { $folder } exists and is not a demonstration's folder; choose another with --folder
