-- Statements that try to change how the engine is locked, one a line; {secret}, {db} and {out} as in statements.sql.
-- class: sets a setting
SET Calendar = 'japanese'
SET TimeZone = 'UTC'
SET __delta_only_variant_encoding_enabled = true
SET access_mode = 'read_write'
SET allocator_background_threads = true
SET allocator_bulk_deallocation_flush_threshold = 'mine'
SET allocator_flush_threshold = 'mine'
SET allow_community_extensions = true
SET allow_extensions_metadata_mismatch = true
SET allow_parser_override_extension = 'mine'
SET allow_persistent_secrets = true
SET allow_unredacted_secrets = true
SET allow_unsigned_extensions = true
SET allowed_configs = ['mine']
SET allowed_directories = ['/']
SET allowed_paths = ['{secret}']
SET arrow_large_buffer_size = true
SET arrow_lossless_conversion = true
SET arrow_output_list_view = true
SET arrow_output_version = 'mine'
SET asof_loop_join_threshold = 7
SET auto_checkpoint_skip_wal_threshold = 7
SET autoinstall_extension_repository = 'https://example.org'
SET autoinstall_known_extensions = true
SET autoload_known_extensions = true
SET binary_as_string = true
SET block_allocator_memory = 'mine'
SET catalog_error_max_schemas = 7
SET checkpoint_threshold = 'mine'
SET current_transaction_invalidation_policy = 'mine'
SET custom_extension_repository = 'https://example.org'
SET custom_profiling_settings = 'mine'
SET custom_user_agent = 'mine'
SET debug_asof_iejoin = true
SET debug_checkpoint_abort = 'mine'
SET debug_checkpoint_sleep_ms = 7
SET debug_eviction_queue_sleep_micro_seconds = 7
SET debug_force_external = true
SET debug_force_no_cross_product = true
SET debug_physical_table_scan_execution_strategy = 'mine'
SET debug_skip_checkpoint_on_commit = true
SET debug_verify_blocks = true
SET debug_verify_vector = 'mine'
SET debug_window_mode = 'mine'
SET default_block_size = 7
SET default_collation = 'mine'
SET default_null_order = 'mine'
SET default_order = 'mine'
SET default_secret_storage = 'local_file'
SET deprecated_using_key_syntax = 'mine'
SET disable_database_invalidation = true
SET disable_parquet_prefetching = true
SET disable_timestamptz_casts = true
SET disabled_compression_methods = 'mine'
SET disabled_filesystems = ''
SET disabled_log_types = 'mine'
SET disabled_optimizers = 'mine'
SET duckdb_api = 'mine'
SET dynamic_or_filter_threshold = 7
SET enable_caching_operators = false
SET enable_external_access = true
SET enable_external_file_cache = false
SET enable_fsst_vectors = true
SET enable_geoparquet_conversion = false
SET enable_http_logging = false
SET enable_http_metadata_cache = true
SET enable_logging = true
SET enable_macro_dependencies = true
SET enable_object_cache = true
SET enable_profiling = 'json'
SET enable_progress_bar = true
SET enable_progress_bar_print = false
SET enable_view_dependencies = true
SET enabled_log_types = 'QueryLog'
SET errors_as_json = true
SET experimental_metadata_reuse = false
SET explain_output = 'mine'
SET extension_directories = ['mine']
SET extension_directory = '{out}'
SET external_threads = 8
SET file_search_path = '/etc'
SET force_bitpacking_mode = 'mine'
SET force_column_metadata_reuse = true
SET force_compression = 'mine'
SET force_mbedtls_unsafe = true
SET force_variant_shredding = 'mine'
SET geometry_minimum_shredding_size = 7
SET home_directory = '{out}'
SET http_logging_output = 'mine'
SET http_proxy = 'example.org:80'
SET http_proxy_password = 'mine'
SET http_proxy_username = 'mine'
SET ieee_floating_point_ops = false
SET ignore_unknown_crs = true
SET immediate_transaction_mode = true
SET index_scan_max_count = 7
SET index_scan_percentage = 0.7
SET integer_division = true
SET lambda_syntax = 'mine'
SET late_materialization_max_rows = 7
SET lock_configuration = false
SET log_query_path = '{out}/queries.log'
SET logging_level = 'trace'
SET logging_mode = 'enable_selected'
SET logging_storage = 'file'
SET max_expression_depth = 7
SET max_memory = '100GB'
SET max_temp_directory_size = '10GB'
SET max_vacuum_tasks = 7
SET memory_limit = '100GB'
SET merge_join_threshold = 7
SET nested_loop_join_threshold = 7
SET null_order = 'mine'
SET old_implicit_casting = true
SET order_by_non_integer_literal = true
SET ordered_aggregate_threshold = 7
SET pandas_analyze_sample = 7
SET parquet_metadata_cache = true
SET partitioned_write_flush_threshold = 7
SET partitioned_write_max_open_files = 7
SET password = 'mine'
SET perfect_ht_threshold = 7
SET pin_threads = 'mine'
SET pivot_filter_threshold = 7
SET pivot_limit = 7
SET prefer_range_joins = true
SET prefetch_all_parquet_files = true
SET preserve_identifier_case = false
SET preserve_insertion_order = false
SET produce_arrow_string_view = true
SET profile_output = '{out}/profile.json'
SET profiling_coverage = 'mine'
SET profiling_mode = 'detailed'
SET profiling_output = '{out}/profile.json'
SET progress_bar_time = 7
SET python_enable_replacements = true
SET python_scan_all_frames = true
SET scalar_subquery_error_on_multiple_rows = false
SET scheduler_process_partial = true
SET schema = 'temp'
SET search_path = 'memory'
SET secret_directory = '{out}'
SET storage_block_prefetch = 'mine'
SET storage_compatibility_version = 'latest'
SET streaming_buffer_size = 'mine'
SET temp_directory = '{out}/spill'
SET temp_file_encryption = true
SET threads = 64
SET user = 'mine'
SET username = 'mine'
SET vacuum_rebuild_indexes = 7
SET validate_external_file_cache = 'mine'
SET variant_minimum_shredding_size = 7
SET wal_autocheckpoint = 'mine'
SET wal_autocheckpoint_entries = 7
SET warnings_as_errors = true
SET worker_threads = 64
SET write_buffer_row_group_count = 7
SET write_buffer_row_group_memory_limit = 'mine'
SET zstd_min_string_length = 7
-- class: sets it by another door
SET GLOBAL enable_external_access = true
SET SESSION enable_external_access = true
RESET enable_external_access
RESET GLOBAL enable_external_access
PRAGMA enable_external_access = true
SET GLOBAL disabled_filesystems = ''
SET SESSION disabled_filesystems = ''
RESET disabled_filesystems
RESET GLOBAL disabled_filesystems
PRAGMA disabled_filesystems = ''
SET GLOBAL lock_configuration = false
SET SESSION lock_configuration = false
RESET lock_configuration
RESET GLOBAL lock_configuration
PRAGMA lock_configuration = false
SET GLOBAL allowed_directories = ['/']
SET SESSION allowed_directories = ['/']
RESET allowed_directories
RESET GLOBAL allowed_directories
PRAGMA allowed_directories = ['/']
SET GLOBAL temp_directory = '{out}/spill'
SET SESSION temp_directory = '{out}/spill'
RESET temp_directory
RESET GLOBAL temp_directory
PRAGMA temp_directory = '{out}/spill'
SET GLOBAL python_enable_replacements = true
SET SESSION python_enable_replacements = true
RESET python_enable_replacements
RESET GLOBAL python_enable_replacements
PRAGMA python_enable_replacements = true
SET GLOBAL memory_limit = '100GB'
SET SESSION memory_limit = '100GB'
RESET memory_limit
RESET GLOBAL memory_limit
PRAGMA memory_limit = '100GB'
SET GLOBAL threads = 64
SET SESSION threads = 64
RESET threads
RESET GLOBAL threads
PRAGMA threads = 64
SET LOCAL enable_external_access = true
RESET ALL
CALL pragma_enable_profiling()
PRAGMA enable_profiling
PRAGMA enable_profiling = 'json'
PRAGMA enable_logging
PRAGMA disable_checkpoint_on_shutdown
PRAGMA enable_checkpoint_on_shutdown
PRAGMA force_checkpoint
PRAGMA enable_object_cache
PRAGMA disable_object_cache
PRAGMA enable_optimizer
PRAGMA disable_optimizer
PRAGMA enable_progress_bar
PRAGMA disable_progress_bar
PRAGMA enable_print_progress_bar
PRAGMA enable_verification
PRAGMA disable_verification
PRAGMA verify_external
PRAGMA verify_serializer
PRAGMA verify_parallelism
PRAGMA disable_profile
PRAGMA disable_profiling
PRAGMA force_external
CALL enable_logging()
CALL enable_logging(level = 'trace')
CALL enable_logging(storage = 'file', storage_path = '{out}/log')
CALL disable_logging()
CALL enable_peg_parser()
CALL disable_peg_parser()
SET VARIABLE enable_external_access = true
SELECT set_config('enable_external_access', 'true', false)
