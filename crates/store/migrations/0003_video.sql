-- What the frames of a video say: JSON, beside `picture`.
ALTER TABLE fingerprints ADD COLUMN frames TEXT;
