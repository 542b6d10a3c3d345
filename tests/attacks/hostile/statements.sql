-- Statements that a question must not be, one a line; {secret} is a file of another's, {db} the project's own database,
-- {out} a folder that can be written to. `-- class:` begins a class, `-- resource` one that uses up the machine.
-- class: reads a file by a table function
SELECT * FROM read_csv('{secret}')
SELECT * FROM read_csv_auto('{secret}')
SELECT * FROM read_csv(['{secret}'], header = false)
SELECT * FROM read_text('{secret}')
SELECT content FROM read_text('/proc/self/environ')
SELECT content FROM read_text('/proc/self/cmdline')
SELECT content FROM read_text('/proc/self/maps')
SELECT content FROM read_text(['{secret}', '/etc/hostname'])
SELECT * FROM read_blob('{secret}')
SELECT content FROM read_blob('{db}')
SELECT content FROM read_blob('{db}.wal')
SELECT * FROM read_json('{secret}')
SELECT * FROM read_json_auto('{secret}')
SELECT * FROM read_json_objects('{secret}')
SELECT * FROM read_json_objects_auto('{secret}')
SELECT * FROM read_ndjson('{secret}')
SELECT * FROM read_ndjson_auto('{secret}')
SELECT * FROM read_ndjson_objects('{secret}')
SELECT * FROM read_parquet('{secret}')
SELECT * FROM parquet_scan('{secret}')
SELECT * FROM parquet_metadata('{secret}')
SELECT * FROM parquet_schema('{secret}')
SELECT * FROM parquet_file_metadata('{secret}')
SELECT * FROM parquet_kv_metadata('{secret}')
SELECT * FROM parquet_bloom_probe('{secret}', 'a', 1)
SELECT * FROM sniff_csv('{secret}')
SELECT * FROM glob('/etc/*')
SELECT * FROM glob('{out}/*')
SELECT * FROM read_duckdb('{db}')
SELECT * FROM sqlite_scan('{secret}', 'people')
SELECT * FROM postgres_scan('host=localhost', 'public', 'people')
SELECT * FROM mysql_scan('host=localhost', 'public', 'people')
SELECT * FROM iceberg_scan('{secret}')
SELECT * FROM delta_scan('{secret}')
SELECT * FROM st_read('{secret}')
SELECT * FROM read_xlsx('{secret}')
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM arrow_scan_dumb(1, 2, 3)
SELECT * FROM pandas_scan(1)
SELECT * FROM python_map_function(1)
SELECT * FROM person, LATERAL read_text('{secret}')
SELECT (SELECT content FROM read_text('{secret}'))
SELECT * FROM person WHERE sex IN (SELECT content FROM read_text('{secret}'))
WITH stolen AS (SELECT content FROM read_text('{secret}')) SELECT * FROM stolen
WITH stolen AS MATERIALIZED (SELECT * FROM read_csv('{secret}')) SELECT * FROM stolen
SELECT sex FROM person UNION ALL SELECT content FROM read_text('{secret}')
SELECT count(*) FILTER (WHERE sex = (SELECT content FROM read_text('{secret}'))) FROM person
SELECT 1 FROM person ORDER BY (SELECT content FROM read_text('{secret}'))
SELECT 1 FROM person LIMIT (SELECT length(content) FROM read_text('{secret}'))
SELECT CASE WHEN true THEN (SELECT content FROM read_text('{secret}')) END
-- class: reads a file by its bare name
SELECT * FROM '{secret}'
SELECT * FROM "{secret}"
FROM '{secret}'
FROM "{secret}" SELECT *
SELECT * FROM '/etc/passwd'
SELECT * FROM '{db}'
SELECT * FROM person JOIN '{secret}' ON true
SELECT * FROM 'https://example.org/people.csv'
SELECT * FROM 's3://bucket/people.parquet'
SELECT * FROM read_csv('https://example.org/people.csv')
SELECT * FROM read_parquet('s3://bucket/people.parquet')
SELECT * FROM read_text('file://{secret}')
WITH "{secret}" AS (SELECT 1) SELECT * FROM "{secret}"
SELECT * FROM "{secret}", (WITH "{secret}" AS (SELECT 1 AS one) SELECT * FROM "{secret}")
-- class: hides a table or statement in a text
SELECT * FROM query('SELECT content FROM read_text(''{secret}'')')
SELECT * FROM query_table('person')
SELECT * FROM query_table(['person', 'measurement'])
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
PRAGMA json_execute_serialized_sql('{}')
SELECT json_serialize_plan('SELECT 1')
EXECUTE stolen
PREPARE stolen AS SELECT content FROM read_text('{secret}')
PREPARE stolen AS SELECT 1
DEALLOCATE stolen
EXPLAIN ANALYZE SELECT content FROM read_text('{secret}')
EXPLAIN SELECT * FROM person
SELECT eval('SELECT 1')
-- class: asks the engine about itself
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_databases()
SELECT * FROM duckdb_databases
SELECT * FROM duckdb_tables()
SELECT * FROM duckdb_columns()
SELECT * FROM duckdb_views()
SELECT * FROM duckdb_schemas()
SELECT * FROM duckdb_indexes()
SELECT * FROM duckdb_constraints()
SELECT * FROM duckdb_dependencies()
SELECT * FROM duckdb_functions()
SELECT * FROM duckdb_keywords()
SELECT * FROM duckdb_types()
SELECT * FROM duckdb_extensions()
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_logs()
SELECT * FROM duckdb_log_contexts()
SELECT * FROM duckdb_memory()
SELECT * FROM duckdb_temporary_files()
SELECT * FROM duckdb_variables()
SELECT * FROM duckdb_prepared_statements()
SELECT * FROM duckdb_external_file_cache()
SELECT * FROM duckdb_optimizers()
SELECT * FROM which_secret('s3://bucket', 's3')
SELECT * FROM pragma_database_list
SELECT * FROM pragma_database_list()
SELECT * FROM pragma_storage_info('person')
SELECT * FROM pragma_table_info('person')
SELECT * FROM pragma_database_size()
SELECT * FROM pragma_metadata_info()
SELECT * FROM pragma_show('person')
SELECT * FROM pragma_version()
SELECT * FROM pragma_platform()
SELECT * FROM pragma_user_agent()
SELECT * FROM sqlite_master
SELECT * FROM sqlite_schema
SELECT * FROM information_schema.tables
SELECT * FROM information_schema.columns
SELECT * FROM pg_catalog.pg_class
SELECT * FROM pg_tables
SELECT * FROM duckdb_databases, (WITH duckdb_databases AS (SELECT 1 AS one) SELECT * FROM duckdb_databases)
SHOW TABLES
SHOW ALL TABLES
SHOW DATABASES
SHOW VARIABLES
DESCRIBE person
DESCRIBE SELECT * FROM person
SUMMARIZE person
SELECT * FROM (SUMMARIZE person)
SELECT * FROM (DESCRIBE person)
SELECT * FROM (SHOW TABLES)
SELECT * FROM summary((SELECT * FROM person))
PRAGMA database_list
PRAGMA show_tables
PRAGMA table_info('person')
PRAGMA storage_info('person')
PRAGMA version
PRAGMA platform
CALL pragma_version()
SELECT current_setting('memory_limit')
SELECT current_setting('temp_directory')
SELECT getvariable('secret')
SELECT getenv('HOME')
SELECT current_database()
SELECT current_schema()
SELECT current_schemas(true)
SELECT current_user
SELECT session_user
SELECT current_query()
SELECT version()
SELECT txid_current()
SELECT current_connection_id()
SELECT pg_typeof(1)
SELECT in_search_path('project', 'main')
SELECT stats(sex) FROM person
SELECT rowid FROM main.person
SELECT * FROM project.person
SELECT * FROM project.main.person
SELECT * FROM warehouse.core.person
SELECT * FROM core.person
SELECT * FROM memory.main.person
SELECT * FROM temp.main.person
SELECT * FROM system.main.duckdb_tables
-- class: writes a file
COPY person TO '{out}/people.csv'
COPY person TO '{out}/people.parquet' (FORMAT parquet)
COPY person TO '{out}/people.json' (FORMAT json)
COPY (SELECT * FROM person) TO '{out}/people.csv' (HEADER)
COPY person TO '/dev/stdout'
COPY person TO '/dev/stderr'
COPY person FROM '{secret}'
COPY FROM DATABASE project TO memory
EXPORT DATABASE '{out}/all'
EXPORT DATABASE '{out}/all' (FORMAT parquet)
IMPORT DATABASE '{out}/all'
SELECT write_log('stolen')
SELECT * FROM write_blob('{out}/x', 'y')
CALL enable_logging(storage = 'file', storage_path = '{out}/log')
CALL enable_logging('QueryLog', storage = 'file', storage_config = {'path': '{out}/log'})
CALL enable_logging()
CALL enable_profiling(save_location = '{out}/profile.json')
CALL truncate_duckdb_logs()
PRAGMA enable_profiling
PRAGMA profile_output = '{out}/profile.json'
-- class: changes something
INSERT INTO person SELECT * FROM person
UPDATE person SET sex = 'x'
DELETE FROM person
TRUNCATE person
MERGE INTO person USING person AS other ON false WHEN NOT MATCHED THEN INSERT *
DROP TABLE person
ALTER TABLE person ADD COLUMN mine INTEGER
ALTER DATABASE project RENAME TO mine
CREATE TABLE mine AS SELECT * FROM person
CREATE TEMP TABLE mine AS SELECT * FROM person
CREATE OR REPLACE TABLE person AS SELECT 1
CREATE VIEW mine AS SELECT * FROM person
CREATE TEMP VIEW mine AS SELECT content FROM read_text('{secret}')
CREATE MACRO mine() AS 1
CREATE TEMP MACRO mine() AS TABLE SELECT content FROM read_text('{secret}')
CREATE FUNCTION mine() AS 1
CREATE SCHEMA mine
CREATE SEQUENCE mine
CREATE TYPE mine AS ENUM ('a')
CREATE INDEX mine ON person (sex)
CREATE SECRET mine (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE PERSISTENT SECRET mine (TYPE s3, KEY_ID 'a', SECRET 'b')
DROP SECRET mine
COMMENT ON TABLE person IS 'mine'
SELECT * INTO mine FROM person
SELECT nextval('mine')
BEGIN
BEGIN TRANSACTION
COMMIT
ROLLBACK
CHECKPOINT
FORCE CHECKPOINT
CALL checkpoint('project')
VACUUM
VACUUM ANALYZE
ANALYZE
SET VARIABLE mine = 1
USE memory
USE project
-- class: opens another database or loads code
ATTACH '{db}' AS again
ATTACH '{db}' AS again (READ_ONLY)
ATTACH '{out}/mine.duckdb' AS mine
ATTACH ':memory:' AS mine
ATTACH '{secret}' AS mine (TYPE sqlite)
ATTACH 'https://example.org/mine.duckdb' AS mine
ATTACH 's3://bucket/mine.duckdb' AS mine
ATTACH 'host=localhost' AS mine (TYPE postgres)
ATTACH IF NOT EXISTS '{db}' AS again
DETACH project
DETACH memory
INSTALL httpfs
INSTALL spatial FROM community
INSTALL '{out}/mine.duckdb_extension'
FORCE INSTALL httpfs
LOAD httpfs
LOAD parquet
LOAD '{out}/mine.duckdb_extension'
UPDATE EXTENSIONS
SELECT * FROM load_aws_credentials()
-- class: more than one statement, or one that reads differently to two readers
SELECT 1; SELECT 2
SELECT 1; DROP TABLE person
SELECT 1; COPY person TO '{out}/people.csv'
SELECT 1 /* ; */; SELECT content FROM read_text('{secret}')
SELECT $$;$$; SELECT content FROM read_text('{secret}')
SELECT E'\'' ; SELECT content FROM read_text('{secret}') --'
SELECT '\'; SELECT content FROM read_text(''{secret}'') --'; SELECT 1
SELECT 1 UNION ALL (FROM read_text('{secret}'))
SELECT /*+ hint */ content FROM read_text('{secret}')
SELECT 1;;;SELECT content FROM read_text('{secret}')
read_text('{secret}')
TABLE duckdb_settings
VALUES (1), (2)
SELECT * FROM (VALUES (1), (2)) AS v (a)
SELECT ?
SELECT $1
SELECT $secret
-- class: steps around the guard with grammar
SELECT columns(*) FROM person
SELECT columns('.*') FROM person
SELECT COLUMNS(c -> c LIKE 's%') FROM person
SELECT min(columns(*)) FROM person
PIVOT person ON sex USING count(*)
SELECT * FROM (PIVOT person ON sex USING count(*))
UNPIVOT person ON sex INTO NAME n VALUE v
SELECT * FROM person TABLESAMPLE 10%
SELECT * FROM person USING SAMPLE 3
SELECT * FROM person AT (VERSION => 1)
WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT * FROM r LIMIT 3
SELECT list_transform([1], x -> x)
SELECT [x FOR x IN [1, 2]]
SELECT 'read_text'.query()
SELECT main.version()
SELECT system.main.version()
SELECT unnest([1, 2])
SELECT * FROM unnest([1, 2])
SELECT struct_pack(a := 1)
SELECT {'a': 1}
SELECT MAP {'a': 1}
SELECT setseed(0.5)
SELECT random()
SELECT uuid()
SELECT gen_random_uuid()
SELECT now()
SELECT sleep_ms(1)
SELECT error('stolen')
SELECT hash(sex) FROM person
SELECT md5(sex) FROM person
SELECT sha256(sex) FROM person
SELECT encode('a')
SELECT from_base64('YQ==')
SELECT getbit('1'::BIT, 0)
SELECT string_agg(sex) FROM person
SELECT list(sex) FROM person
SELECT histogram(sex) FROM person
SELECT regexp_replace('a', 'a', 'b')
SELECT * FROM test_all_types()
SELECT * FROM repeat_row(1, num_rows = 3)
SELECT * FROM seq_scan('person')
SELECT * FROM checkpoint('project')
SELECT * FROM force_checkpoint('project')
SELECT add_parquet_key('a', 'b')
SELECT icu_sort_key('a', 'da')
SELECT * FROM icu_calendar_names()
SELECT * FROM pg_timezone_names()
-- resource
SELECT length(repeat('x', 2000000000))
SELECT repeat('x', 2000000000)
SELECT lpad('x', 2000000000, 'x')
SELECT rpad('x', 2000000000, 'x')
SELECT count(*) FROM range(100000000000)
SELECT count(*) FROM generate_series(1, 100000000000)
SELECT unnest(range(1000000000))
SELECT list(r) FROM range(1000000000) AS t (r)
SELECT string_agg(r) FROM range(1000000000) AS t (r)
SELECT range(1000000000)
SELECT generate_series(1, 1000000000)
WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r
WITH RECURSIVE r AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r
CREATE TEMP TABLE huge AS SELECT a.person FROM measurement AS a, measurement AS b, measurement AS c
SELECT list_reduce(range(100000000), (a, b) -> a + b)
SELECT array_to_string(range(1000000000), ',')
SELECT format('{:>2000000000}', 'x')
SELECT printf('%2000000000d', 1)
WITH RECURSIVE r(i) USING KEY (i) AS (SELECT 1 UNION SELECT i + 1 FROM r) SELECT * FROM r
