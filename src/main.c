/* Joins the command line with the rooms it may not know of. */
#include "cli/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv, NULL); }
