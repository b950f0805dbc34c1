-- The smallest decrypted database that shows every kind of record. All values are made up.
PRAGMA page_size = 512;
CREATE TABLE conversations (id STRING PRIMARY KEY ASC, json TEXT, type STRING, members TEXT, name TEXT, profileName TEXT, profileFamilyName TEXT, profileFullName TEXT, e164 TEXT, serviceId TEXT, groupId TEXT);
CREATE TABLE messages (rowid INTEGER PRIMARY KEY ASC, id STRING UNIQUE, json TEXT, sent_at INTEGER, conversationId STRING, source STRING, hasAttachments INTEGER, type STRING, body TEXT, isErased INTEGER, sourceServiceId TEXT);
CREATE TABLE callsHistory (callId TEXT PRIMARY KEY, peerId TEXT, mode TEXT, type TEXT, direction TEXT, status TEXT, timestamp INTEGER, endedTimestamp INTEGER);
CREATE TABLE items (id STRING PRIMARY KEY ASC, json TEXT);

INSERT INTO items VALUES ('uuid_id', '{"id":"uuid_id","value":"aaaaaaaa-0000-4000-8000-000000000001.2"}');
INSERT INTO conversations VALUES ('c1', '{"username":"ana.01"}', 'private', NULL, NULL, 'Ana', 'Ejemplo', 'Ana Ejemplo', '+34600000001', 'aaaaaaaa-0000-4000-8000-000000000001', NULL);
INSERT INTO conversations VALUES ('c2', '', 'private', NULL, 'Bruno (work)', 'Bruno', NULL, NULL, '+5491155500002', 'bbbbbbbb-0000-4000-8000-000000000002', NULL);
INSERT INTO conversations VALUES ('c3', '', 'group', 'aaaaaaaa-0000-4000-8000-000000000001 bbbbbbbb-0000-4000-8000-000000000002 cccccccc-0000-4000-8000-000000000003', 'Walks', NULL, NULL, NULL, NULL, NULL, 'g');
INSERT INTO messages VALUES (1, 'm1', '{"attachments":[{"contentType":"image/jpeg","fileName":"sea.jpg","path":"ab\\photo-1","size":2048,"plaintextHash":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},{"contentType":"image/png","path":"cd/photo-2","size":10,"plaintextHash":"short"}],"sendStateByConversationId":{"c2":{"status":"Read","updatedAt":1767603700000},"c1":{"status":"Sent","updatedAt":1767603600000}}}', 1767603600000, 'c2', NULL, 1, 'outgoing', 'the sea', 0, NULL);
INSERT INTO messages VALUES (2, 'm2', '', 1767603660000, 'c2', '+5491155500002', 0, 'incoming', 'columns only', 0, 'bbbbbbbb-0000-4000-8000-000000000002');
INSERT INTO messages VALUES (3, 'm3', '{"id":"m3","type":"incoming","body":"json only","sent_at":1767603720000,"conversationId":"c3","sourceServiceId":"cccccccc-0000-4000-8000-000000000003","attachments":[{"contentType":"video/mp4","path":"ef/clip","size":4096,"fileName":"clip.mp4"}],"editHistory":[],"editMessageTimestamp":1767603730000}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO messages VALUES (4, 'm4', '{"deletedForEveryone":true,"sendStateByConversationId":{"c2":{"status":"Viewed","updatedAt":1767603790000},"cccccccc-0000-4000-8000-000000000003":{"status":"Delivered","updatedAt":1767603791000}}}', 1767603780000, 'c3', NULL, 1, 'outgoing', NULL, 1, NULL);
INSERT INTO messages VALUES (5, 'm5', NULL, 1767603840000, 'c2', NULL, 0, 'hologram', NULL, 0, NULL);
INSERT INTO messages VALUES (6, 'm6', '{"cut', 1767603900000, 'c2', NULL, 0, 'incoming', 'json is cut', 0, NULL);
INSERT INTO callsHistory VALUES ('1', 'bbbbbbbb-0000-4000-8000-000000000002', 'Direct', 'Video', 'Incoming', 'Accepted', 1767604000000, 1767604063000);
INSERT INTO callsHistory VALUES ('2', 'c2', 'Direct', 'Audio', 'Outgoing', 'Missed', 1767604100000, NULL);
