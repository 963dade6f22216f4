/*
 * main.c: the program redrill.
 */
#include "drills/commands.h"

int main(int argc, char **argv)
{
    return rd_commands_main(argc, argv);
}
