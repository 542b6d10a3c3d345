-- What was loaded, under which contract, and whether every row is accounted for.
SELECT
    file_type,
    file_name,
    contract_version,
    rows_in,
    rows_loaded,
    rows_quarantined,
    rows_duplicate,
    rows_in = rows_loaded + rows_quarantined + rows_duplicate AS is_accounted_for
FROM meta.batch
WHERE state = 'loaded'
ORDER BY file_type, file_name;
