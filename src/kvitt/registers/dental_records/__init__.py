"""What a care provider keeps of a patient: care reports and contacts, for nobody else to see."""
