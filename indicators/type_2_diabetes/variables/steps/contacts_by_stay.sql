-- label: Contacts with a hospital by the stay that they belong to
--
-- Physical contacts that have ended, joined when they overlap or lie at most the hours of the gap apart.
WITH contact AS (
    SELECT * FROM step.contacts_of_stays
)

SELECT * FROM step.contacts_joined
