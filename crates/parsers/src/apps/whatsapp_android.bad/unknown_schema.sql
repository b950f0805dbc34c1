CREATE TABLE letters (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO letters VALUES (1, 'not a message store');
