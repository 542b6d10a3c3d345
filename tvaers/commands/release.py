"""`tvaers release`: disclosure control, then the anonymous file that the dashboard reads."""

from tvaers.commands.options import HomeOption, JsonOption


def release(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Protect the computed indicators and publish them as the anonymous release.

    The old release stays in place until the new one is complete and has passed disclosure control.
    """
    from indicators.release import publish
    from tvaers import progress, screen
    from tvaers.settings import load_settings

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    summary = publish(settings)
    following = f"tvaers dashboard --home {settings.home}"
    if as_json:
        screen.write_json({"release": settings.release, "summary": summary, "next_step": following})
        return
    screen.say(f"Released to {settings.release}")
    screen.next_step(following)
