/* model - the model servers of tests/unit/smtp_random.c under libFuzzer: its bytes are what is chosen. */
#define FUZZ
#include "../unit/smtp_random.c" // NOLINT(bugprone-suspicious-include)
