CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER);
CREATE TABLE messages (_id INTEGER PRIMARY KEY, key_remote_jid TEXT, data TEXT);
INSERT INTO message VALUES (1, 1, 0);
INSERT INTO messages VALUES (1, 'a', 'b'), (2, 'a', 'c'), (3, 'a', 'd');
