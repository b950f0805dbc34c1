CREATE TABLE conversations (id TEXT, json TEXT, type TEXT);
CREATE TABLE messages (id TEXT, json TEXT, type TEXT);
INSERT INTO conversations VALUES (NULL, '[]', 'private'), ('c', '{"members":{"a":1}}', 'private');
INSERT INTO messages VALUES ('a', '[1,2]', 'incoming'), ('b', '{"attachments":7}', 'incoming'), ('c', '{"attachments":[7,null,{"size":-1,"path":["x"]}],"sendStateByConversationId":[1]}', 'outgoing'), (NULL, '"text"', NULL);
