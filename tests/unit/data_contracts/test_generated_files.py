from pathlib import Path

import pytest

from data_contracts.generate import generated_files

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", sorted(generated_files()))
def test_a_checked_in_generated_file_equals_what_the_contracts_generate_today(name: str) -> None:
    checked_in = (ROOT / name).read_text(encoding="utf-8")
    assert checked_in == generated_files()[name], "run: python -m data_contracts.generate"
