"""The ideas of the program: pure values and state machines, standard library only."""
