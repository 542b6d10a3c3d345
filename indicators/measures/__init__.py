"""Published quality measures, computed on FHIR facts and compared with the results expected of test patients."""
