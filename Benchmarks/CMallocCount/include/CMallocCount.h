/* Counts the calls of malloc and its kin in this program, and asks the system for its memory and time. */
long malloc_count(void);
long resident_bytes(void);
long processor_nanoseconds(void);
