"""In what state the installation is: what an engineer looks at, and a monitor asks every few minutes."""
