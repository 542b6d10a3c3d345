"""What a reader of the definitions knows: whom the first count counts, the second counts too."""

NESTED = (
    ("hba1c_below_53.numerator", "hba1c_below_59.numerator"),
    ("hba1c_75_and_above.numerator", "hba1c_below_59.complement"),
    ("blood_pressure_lowering_when_indicated.denominator", "blood_pressure_controlled.complement"),
    ("lost_to_follow_up.denominator", "smoking_recorded.denominator"),
    ("lost_to_follow_up.numerator", "hba1c_measured.complement"),
    ("lost_to_follow_up_24_months.numerator", "lost_to_follow_up.numerator"),
    ("hypoglycaemia_admission.numerator", "hypoglycaemia_admissions_rate.numerator"),
    ("started_within_30_days.denominator", "started_within_14_days.denominator"),
    ("contact_after_discharge_within_30_days.denominator", "contact_after_discharge_within_14_days.denominator"),
    ("stroke.numerator", "any_complication.numerator"),
)
