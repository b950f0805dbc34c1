CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id, from_me, timestamp, message_type, text_data, odd TEXT);
CREATE TABLE message_media (message_row_id INTEGER PRIMARY KEY, file_hash, file_length, file_path);
INSERT INTO message VALUES (1, 'one', x'00', 'later', 1e300, x'ff', NULL), (9223372036854775807, 1, '0', '9223372036854775807', '1', 17, NULL);
INSERT INTO message_media VALUES (9223372036854775807, x'00', -5, x'ff');
