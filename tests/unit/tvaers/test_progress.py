from tvaers import progress


def test_a_step_is_one_line_where_nobody_watches(capsys):
    with progress.track("Reading", total=3) as advance:
        advance(3)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Reading (")


def test_a_quiet_step_says_nothing(capsys):
    progress.be_quiet()
    with progress.track("Reading") as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")
