CREATE TABLE recipes (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO recipes VALUES (1, 'soup');
