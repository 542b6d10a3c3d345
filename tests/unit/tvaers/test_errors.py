from tvaers import errors


def families():
    return [errors.TvaersError, *errors.TvaersError.__subclasses__()]


def test_every_family_has_an_exit_code_of_its_own():
    codes = [family.exit_code for family in families()]
    assert len(set(codes)) == len(codes)
    assert not {0, 2, 70, 130} & set(codes), "these mean success, wrong usage, an unforeseen fault, and Ctrl-C"


def test_a_fault_is_told_in_four_parts_in_order():
    fault = errors.ContractError("What.", where="Where.", how_much="How much.", what_to_do="Do this.")
    assert str(fault).splitlines() == ["ContractError: What.", "  Where.", "  How much.", "  What to do: Do this."]


def test_parts_that_are_not_known_leave_no_empty_line():
    assert str(errors.ExtractError("What.")) == "ExtractError: What."


def test_a_fault_for_machines_has_the_same_parts():
    fault = errors.WarehouseError("What.", where="Where.").as_dict()
    assert fault == {
        "error": "WarehouseError",
        "exit_code": 14,
        "what": "What.",
        "where": "Where.",
        "how_much": "",
        "what_to_do": "",
    }
