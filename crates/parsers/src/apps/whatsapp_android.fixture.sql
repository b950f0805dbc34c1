-- The smallest store that shows every kind of record. Names, numbers and hashes are made up.
PRAGMA page_size = 512;
CREATE TABLE jid (_id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, server TEXT NOT NULL, type INTEGER, raw_string TEXT);
CREATE TABLE jid_map (lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
CREATE TABLE chat (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid_row_id INTEGER UNIQUE, subject TEXT, created_timestamp INTEGER);
CREATE TABLE group_participant_user (_id INTEGER PRIMARY KEY, group_jid_row_id INTEGER, user_jid_row_id INTEGER, rank INTEGER);
CREATE TABLE message (_id INTEGER PRIMARY KEY AUTOINCREMENT, chat_row_id INTEGER NOT NULL, from_me INTEGER NOT NULL, key_id TEXT NOT NULL, sender_jid_row_id INTEGER, status INTEGER, origination_flags INTEGER, timestamp INTEGER, message_type INTEGER, text_data TEXT);
CREATE TABLE message_media (message_row_id INTEGER PRIMARY KEY, chat_row_id INTEGER, file_path TEXT, media_name TEXT, mime_type TEXT, file_length INTEGER, file_size INTEGER, file_hash TEXT, media_caption TEXT);
CREATE TABLE message_forwarded (message_row_id INTEGER PRIMARY KEY, forward_score INTEGER);
CREATE TABLE message_revoked (message_row_id INTEGER PRIMARY KEY, revoked_key_id TEXT);
CREATE TABLE message_edit_info (message_row_id INTEGER PRIMARY KEY, edited_timestamp INTEGER);
CREATE TABLE message_location (message_row_id INTEGER PRIMARY KEY, latitude REAL);
CREATE TABLE receipt_user (_id INTEGER PRIMARY KEY, message_row_id INTEGER, receipt_user_jid_row_id INTEGER, receipt_timestamp INTEGER, read_timestamp INTEGER, played_timestamp INTEGER);
CREATE TABLE call_log (_id INTEGER PRIMARY KEY, jid_row_id INTEGER, from_me INTEGER, timestamp INTEGER, video_call INTEGER, duration INTEGER, call_result INTEGER);
CREATE TABLE props (_id INTEGER PRIMARY KEY, key TEXT UNIQUE, value TEXT);

INSERT INTO props VALUES (1, 'user_push_name', 'Ana');
INSERT INTO jid VALUES (1, '34600000001', 's.whatsapp.net', 0, '34600000001@s.whatsapp.net');
INSERT INTO jid VALUES (2, '5491155500002', 's.whatsapp.net', 0, '5491155500002@s.whatsapp.net');
INSERT INTO jid VALUES (3, '34600000003', 's.whatsapp.net', 0, '34600000003@s.whatsapp.net');
INSERT INTO jid VALUES (4, '120363000000000001', 'g.us', 1, '120363000000000001@g.us');
INSERT INTO jid VALUES (5, '90000000000001', 'lid', 18, '90000000000001@lid');
INSERT INTO jid_map VALUES (5, 3);
INSERT INTO chat VALUES (1, 2, NULL, 1767600000000);
INSERT INTO chat VALUES (2, 4, 'Walks', 1767600000000);
INSERT INTO chat VALUES (3, 99, NULL, NULL);
INSERT INTO group_participant_user VALUES (1, 4, 1, 2), (2, 4, 2, 0), (3, 4, 5, 0);

INSERT INTO message VALUES (1, -1, 0, '-1', 0, -1, 0, 0, -1, NULL);
INSERT INTO message VALUES (2, 1, 0, 'K2', 0, 0, 0, 1767603600000, 0, 'hello');
INSERT INTO message VALUES (3, 1, 0, 'K3', 0, 0, 0, 1767603660000, 1, 'the lighthouse');
INSERT INTO message_media VALUES (3, 1, 'Media/WhatsApp Images/IMG-20260105-WA0001.jpg', NULL, 'image/jpeg', 2048, 2048, 'ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=', NULL);
INSERT INTO message VALUES (4, 1, 1, 'K4', 0, 13, 1, 1767603720000, 9, NULL);
INSERT INTO message_media VALUES (4, 1, 'Media/WhatsApp Documents/Sent/plan.pdf', 'plan.pdf', 'application/pdf', NULL, 1024, 'no base64', 'the plan');
INSERT INTO message VALUES (5, 2, 1, 'K5', 0, 5, 0, 1767603780000, 1, NULL);
INSERT INTO message_media VALUES (5, 2, 'Media/WhatsApp Images/Sent/IMG-20260105-WA0002.jpg', NULL, 'image/jpeg', 4096, 4096, 'PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKyy3PtcWcAJ0=', NULL);
INSERT INTO message VALUES (6, 2, 0, 'K6', 5, 0, 0, 1767603840000, 0, 'from a private id');
INSERT INTO message VALUES (7, 2, 0, 'K7', 2, 0, 0, 1767603900000, 15, NULL);
INSERT INTO message_revoked VALUES (7, 'K7');
INSERT INTO message VALUES (8, 2, 1, 'K8', 3, 6, 0, 1767603960000, 7, NULL);
INSERT INTO message VALUES (9, 1, 0, 'K9', 0, 0, 0, 1767604020000, 777, 'unknown kind');
INSERT INTO message VALUES (10, 1, 0, 'K10', 0, 0, 0, 1767604080000, 5, NULL);
INSERT INTO message_location VALUES (10, 38.34);
INSERT INTO message VALUES (11, 1, 0, 'K11', 0, 0, 0, 1767604140000, 0, 'the log removes this row');
INSERT INTO message_forwarded VALUES (2, 1);
INSERT INTO message_edit_info VALUES (2, 1767603650000);
INSERT INTO message_media VALUES (50, 1, 'Media/WhatsApp Images/IMG-20260101-WA0009.jpg', NULL, 'image/jpeg', 99, 99, NULL, NULL);
INSERT INTO receipt_user VALUES (1, 4, 2, 1767603721000, 1767603730000, 0), (2, 5, 5, 1767603781000, 0, 1767603790000), (3, 50, 2, 1767500000000, 0, 0), (4, 5, 77, 1, 1, 1);
INSERT INTO call_log VALUES (1, 2, 0, 1767604200000, 1, 63, 5), (2, 2, 1, 1767604300000, 0, 0, 2);

-- wal
INSERT INTO message VALUES (12, 1, 0, 'K12', 0, 0, 0, 1767604260000, 1, 'newest, only in the log');
INSERT INTO message_media VALUES (12, 1, 'Media/WhatsApp Images/IMG-20260105-WA0003.jpg', NULL, 'image/jpeg', 512, 512, 'LnBFSXr12ukO1TKEBjUdb87+wYuhMH6ykBBBVawdBvk=', NULL);
DELETE FROM message WHERE _id = 11;
