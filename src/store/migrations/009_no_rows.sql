-- Samples and roll-ups are blobs from here on; those of before were carried over
-- (src/store/old_rows.c).
DROP TABLE sample;
DROP TABLE rollup;
