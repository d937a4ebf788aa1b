// The tables of the catalogue. A migration is never changed once it is released: later ones follow it.

/** Each brings the catalogue from the version that is its index to the next one. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE deployment (id uuid NOT NULL, version integer NOT NULL, swept_at timestamptz NOT NULL DEFAULT '-infinity');

  -- One row. Whoever changes the table locks it: numbers become visible in their order, without gaps.
  CREATE TABLE head (seq bigint NOT NULL);
  INSERT INTO head VALUES (0);

  -- Each list of columns once. shown_bytes: what the names and types take in an answer.
  CREATE TABLE schemas (
    id integer PRIMARY KEY,
    columns text NOT NULL,
    digest bytea NOT NULL UNIQUE,
    shown_bytes integer NOT NULL,
    total_bytes bigint NOT NULL
  );

  -- id: the number of the commit. object: the name of the objects csv/<object>.csv and parquet/<object>.parquet.
  CREATE TABLE uploads (
    id bigint PRIMARY KEY,
    object uuid NOT NULL UNIQUE,
    upload_id uuid UNIQUE,
    name text,
    received_at text COLLATE "C" NOT NULL,
    rows bigint NOT NULL,
    csv_bytes bigint NOT NULL,
    csv_cuts text NOT NULL,
    csv_checksum bytea NOT NULL,
    csv_etag text NOT NULL,
    parquet_bytes bigint NOT NULL,
    parquet_checksum bytea NOT NULL,
    parquet_etag text NOT NULL,
    footer_bytes bigint NOT NULL,
    footer_crc integer NOT NULL,
    row_groups integer NOT NULL,
    schema integer NOT NULL REFERENCES schemas,
    multi_line boolean NOT NULL,
    own_kernels boolean NOT NULL,
    stored_at bigint NOT NULL
  );

  -- What the footer of the Parquet file says about the columns, as JSON.
  CREATE TABLE extents (upload bigint PRIMARY KEY REFERENCES uploads ON DELETE CASCADE, columns text NOT NULL);

  -- Text columns that look like numbers. value: JSON, because a text may hold a zero byte.
  CREATE TABLE notes (
    upload bigint NOT NULL REFERENCES uploads ON DELETE CASCADE,
    position integer NOT NULL,
    line bigint,
    value text,
    PRIMARY KEY (upload, position)
  );

  -- Deleted uploads, for good: every server learns of them by their number. swept: the objects are deleted too.
  CREATE TABLE removals (
    seq bigint PRIMARY KEY,
    upload bigint NOT NULL UNIQUE,
    object uuid NOT NULL UNIQUE,
    schema integer NOT NULL,
    token uuid NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    swept boolean NOT NULL DEFAULT false
  );
  CREATE INDEX ON removals (removed_at) WHERE NOT swept;

  -- Commits uploads. The same commit may come again: an object that is there, or was, is not stored twice. is_new is false if another
  -- upload has the upload id. total_bytes is set if the list of columns has no room.
  CREATE FUNCTION commit_uploads(batch jsonb)
  RETURNS TABLE (upload bigint, is_new boolean, total_bytes bigint) LANGUAGE plpgsql AS $$
  DECLARE
    last bigint;
    item jsonb;
    list record;
  BEGIN
    SELECT seq INTO last FROM head FOR UPDATE;
    FOR item IN SELECT * FROM jsonb_array_elements(batch) LOOP
      total_bytes := NULL;
      is_new := true;
      SELECT u.id INTO upload FROM uploads u WHERE u.object = (item->>'object')::uuid;
      IF upload IS NULL THEN
        SELECT r.upload INTO upload FROM removals r WHERE r.object = (item->>'object')::uuid;
      END IF;
      IF upload IS NULL THEN
        SELECT u.id INTO upload FROM uploads u WHERE u.upload_id = (item->>'upload_id')::uuid;
        is_new := upload IS NULL;
      END IF;
      IF upload IS NULL THEN
        SELECT s.id, s.total_bytes INTO list FROM schemas s WHERE s.digest = decode(item->>'digest', 'hex');
        IF list.id IS NULL THEN
          SELECT coalesce(max(s.id), 0) + 1 AS id, coalesce(max(s.total_bytes), 0) + (item->>'column_bytes')::bigint AS total_bytes
            INTO list FROM schemas s;
          IF list.total_bytes > (item->>'most_column_bytes')::bigint THEN
            total_bytes := list.total_bytes;
            RETURN NEXT;
            CONTINUE;
          END IF;
          INSERT INTO schemas VALUES
            (list.id, item->>'columns', decode(item->>'digest', 'hex'), (item->>'shown_bytes')::integer, list.total_bytes);
        END IF;
        last := last + 1;
        upload := last;
        INSERT INTO uploads
          SELECT last, r.object, r.upload_id, r.name, r.received_at, r.rows, r.csv_bytes, item->>'csv_cuts',
            decode(item->>'csv_checksum', 'hex'), r.csv_etag, r.parquet_bytes, decode(item->>'parquet_checksum', 'hex'),
            r.parquet_etag, r.footer_bytes, r.footer_crc, r.row_groups, list.id, r.multi_line, r.own_kernels, r.stored_at
          FROM jsonb_to_record(item) AS r (
            object uuid, upload_id uuid, name text, received_at text, rows bigint, csv_bytes bigint, csv_etag text,
            parquet_bytes bigint, parquet_etag text, footer_bytes bigint, footer_crc integer, row_groups integer,
            multi_line boolean, own_kernels boolean, stored_at bigint);
        INSERT INTO extents VALUES (last, item->>'extents');
        INSERT INTO notes
          SELECT last, n.position, n.line, n.value
          FROM jsonb_to_recordset(item->'notes') AS n (position integer, line bigint, value text);
      END IF;
      RETURN NEXT;
    END LOOP;
    UPDATE head SET seq = last;
  END $$;

  -- Deletes an upload. The same deletion may come again, with the same token. False: there is no such upload.
  CREATE FUNCTION remove_upload(wanted bigint, by_token uuid) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    removed record;
    last bigint;
  BEGIN
    SELECT seq + 1 INTO last FROM head FOR UPDATE;
    IF EXISTS (SELECT FROM removals r WHERE r.upload = wanted AND r.token = by_token) THEN RETURN true; END IF;
    DELETE FROM uploads u WHERE u.id = wanted RETURNING u.object, u.schema INTO removed;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO removals (seq, upload, object, schema, token) VALUES (last, wanted, removed.object, removed.schema, by_token);
    UPDATE head SET seq = last;
    RETURN true;
  END $$;
  `,
  `
  -- repaired: the number of the last repair, which gave the upload other objects. file: their name; object stays, so that a commit or a
  -- copy that comes again finds the upload.
  ALTER TABLE uploads ADD COLUMN repaired bigint, ADD COLUMN file uuid;
  CREATE UNIQUE INDEX ON uploads (repaired) WHERE repaired IS NOT NULL;
  CREATE UNIQUE INDEX ON uploads (file) WHERE file IS NOT NULL;

  -- Gives an upload other objects with the same rows. The same repair may come again. False: the upload has other objects than before.
  CREATE FUNCTION replace_objects(
    wanted bigint, before uuid, new_file uuid, new_csv_etag text, new_parquet_etag text, new_parquet_bytes bigint,
    new_parquet_checksum bytea, new_footer_bytes bigint, new_footer_crc integer, new_row_groups integer, new_stored_at bigint
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    last bigint;
  BEGIN
    SELECT seq + 1 INTO last FROM head FOR UPDATE;
    IF EXISTS (SELECT FROM uploads u WHERE u.file = new_file) THEN RETURN true; END IF;
    UPDATE uploads u SET file = new_file, csv_etag = new_csv_etag, parquet_etag = new_parquet_etag,
      parquet_bytes = new_parquet_bytes, parquet_checksum = new_parquet_checksum, footer_bytes = new_footer_bytes,
      footer_crc = new_footer_crc, row_groups = new_row_groups, stored_at = new_stored_at, repaired = last
      WHERE u.id = wanted AND coalesce(u.file, u.object) = before;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE head SET seq = last;
    RETURN true;
  END $$;

  -- The objects of a repaired upload stay as long after its deletion as those of others.
  ALTER TABLE removals ADD COLUMN file uuid;
  CREATE INDEX ON removals (file) WHERE file IS NOT NULL;
  CREATE OR REPLACE FUNCTION remove_upload(wanted bigint, by_token uuid) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    removed record;
    last bigint;
  BEGIN
    SELECT seq + 1 INTO last FROM head FOR UPDATE;
    IF EXISTS (SELECT FROM removals r WHERE r.upload = wanted AND r.token = by_token) THEN RETURN true; END IF;
    DELETE FROM uploads u WHERE u.id = wanted RETURNING u.object, u.file, u.schema INTO removed;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO removals (seq, upload, object, file, schema, token)
      VALUES (last, wanted, removed.object, removed.file, removed.schema, by_token);
    UPDATE head SET seq = last;
    RETURN true;
  END $$;
  `,
  `
  -- Engines do not read every CSV with blank lines before the header, or with line ends of two kinds beside line breaks in fields, as we do.
  -- Which of the earlier uploads have such lines is not known, but all of them have multi_line.
  UPDATE uploads SET own_kernels = true WHERE multi_line;
  `,
  `
  -- Returns the next changes of the table after the one with the number "known", in their order. Each server asks after each of its
  -- commits, so the plan is kept. A plan that was made for a small table must not read all rows once the table has grown.
  CREATE OR REPLACE FUNCTION changes_since(known bigint, most integer)
  RETURNS TABLE (
    seq bigint, kind text, upload bigint, schema integer, object uuid, received_at text, rows bigint, csv_bytes bigint, csv_cuts text,
    csv_etag text, parquet_bytes bigint, parquet_etag text, footer_bytes bigint, footer_crc integer, row_groups integer,
    multi_line boolean, own_kernels boolean, stored_at bigint, "shownBytes" integer
  ) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
  BEGIN
    RETURN QUERY
    SELECT c.*, s.shown_bytes FROM (
      SELECT u.id AS number, 'committed', u.id, u.schema, coalesce(u.file, u.object), u.received_at, u.rows, u.csv_bytes, u.csv_cuts,
        u.csv_etag, u.parquet_bytes, u.parquet_etag, u.footer_bytes, u.footer_crc, u.row_groups, u.multi_line, u.own_kernels, u.stored_at
      FROM uploads u WHERE u.id > known
      UNION ALL
      SELECT u.repaired, 'repaired', u.id, u.schema, coalesce(u.file, u.object), u.received_at, u.rows, u.csv_bytes, u.csv_cuts,
        u.csv_etag, u.parquet_bytes, u.parquet_etag, u.footer_bytes, u.footer_crc, u.row_groups, u.multi_line, u.own_kernels, u.stored_at
      FROM uploads u WHERE u.repaired > known
      UNION ALL
      SELECT r.seq, 'removed', r.upload, r.schema, r.object, '', 0, 0, '[]', '', 0, '', 0, 0, 0, false, false, 0
      FROM removals r WHERE r.seq > known
      ORDER BY number LIMIT most
    ) c JOIN schemas s ON s.id = c.schema ORDER BY c.number;
  END $$;
  `,
  `
  -- The same, with a limit for each kind of change, which is read in the order of its index: a server that starts asks for all changes, some
  -- at a time, and must not sort everything that follows each time.
  CREATE OR REPLACE FUNCTION changes_since(known bigint, most integer)
  RETURNS TABLE (
    seq bigint, kind text, upload bigint, schema integer, object uuid, received_at text, rows bigint, csv_bytes bigint, csv_cuts text,
    csv_etag text, parquet_bytes bigint, parquet_etag text, footer_bytes bigint, footer_crc integer, row_groups integer,
    multi_line boolean, own_kernels boolean, stored_at bigint, "shownBytes" integer
  ) LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  BEGIN
    RETURN QUERY
    SELECT c.*, s.shown_bytes FROM (
      (SELECT u.id AS number, 'committed', u.id, u.schema, coalesce(u.file, u.object), u.received_at, u.rows, u.csv_bytes, u.csv_cuts,
        u.csv_etag, u.parquet_bytes, u.parquet_etag, u.footer_bytes, u.footer_crc, u.row_groups, u.multi_line, u.own_kernels, u.stored_at
      FROM uploads u WHERE u.id > known ORDER BY u.id LIMIT most)
      UNION ALL
      (SELECT u.repaired, 'repaired', u.id, u.schema, coalesce(u.file, u.object), u.received_at, u.rows, u.csv_bytes, u.csv_cuts,
        u.csv_etag, u.parquet_bytes, u.parquet_etag, u.footer_bytes, u.footer_crc, u.row_groups, u.multi_line, u.own_kernels, u.stored_at
      FROM uploads u WHERE u.repaired > known ORDER BY u.repaired LIMIT most)
      UNION ALL
      (SELECT r.seq, 'removed', r.upload, r.schema, r.object, '', 0, 0, '[]', '', 0, '', 0, 0, 0, false, false, 0
      FROM removals r WHERE r.seq > known ORDER BY r.seq LIMIT most)
      ORDER BY number LIMIT most
    ) c JOIN schemas s ON s.id = c.schema ORDER BY c.number;
  END $$;
  `,
]

/** The versions of PostgreSQL that the catalogue is known to work on begin with this one. */
export const OLDEST_POSTGRES = 14
