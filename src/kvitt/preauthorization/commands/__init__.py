"""Write requests, decisions and documents of cases: steps for the commands of modules."""
