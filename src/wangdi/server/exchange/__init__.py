"""Records told to other systems: from the store to FHIR, who may have it, what the audit says."""
