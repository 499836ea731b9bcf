"""Records as HL7 FHIR R4 (4.0.1): a message of one record, a document of what is known of somebody. Pure mappings."""
