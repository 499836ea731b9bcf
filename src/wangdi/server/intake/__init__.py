"""Records that other systems send over HTTP: laboratories, schools, pharmacies, another county's software."""
