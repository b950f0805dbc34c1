-- The owner's address book.
PRAGMA page_size = 512;
CREATE TABLE wa_contacts (_id INTEGER PRIMARY KEY, jid TEXT NOT NULL, display_name TEXT, number TEXT, wa_name TEXT, given_name TEXT, family_name TEXT);
CREATE TABLE wa_vnames (_id INTEGER PRIMARY KEY, jid TEXT, verified_name TEXT);
INSERT INTO wa_contacts VALUES (1, '5491155500002@s.whatsapp.net', 'Bruno', '+54 9 11 5550 0002', 'B.', NULL, NULL);
INSERT INTO wa_contacts VALUES (2, '34600000003@s.whatsapp.net', NULL, NULL, NULL, 'Carla', 'Muestra');
INSERT INTO wa_contacts VALUES (3, '120363000000000001@g.us', NULL, NULL, NULL, NULL, NULL);
INSERT INTO wa_vnames VALUES (1, '34600000003@s.whatsapp.net', 'Carla Bakery');
