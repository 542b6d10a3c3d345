from data_contracts.contract import load_contracts
from data_contracts.data_dictionary import render_contract_index, render_contract_pages, render_data_dictionary
from data_contracts.warehouse_tables import load_tables


def test_the_data_dictionary_tells_every_column_of_every_table() -> None:
    text = render_data_dictionary()
    for table in load_tables():
        section = text.split(f"## {table.schema}.{table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | {column.physical_type} |" in section
            assert all(f"`{value}`" in section for value, _ in column.allowed)


def test_the_page_of_a_file_type_tells_its_columns_rules_and_sources() -> None:
    pages = render_contract_pages()
    for name, contract in load_contracts().items():
        for column in contract.columns:
            assert f"| `{column.name}`" in pages[name]
            assert column.source.rstrip(".") in pages[name]
        for rule in contract.rules:
            assert f"| `{rule.id}` |" in pages[name]


def test_the_index_links_to_every_page() -> None:
    index = render_contract_index()
    assert all(f"({name}.md)" in index for name in load_contracts())


def test_formats_are_told_in_words_a_supplier_knows() -> None:
    page = render_contract_pages()["bef"]
    assert "`DD-MM-YYYY`" in page
    assert "%" not in page.split("## Columns")[1].split("## Rules")[0]
