/* SPDX-License-Identifier: MIT */
/*
 * parse.h - the words of the command line. Options stand before or after the
 * command; what follows -- is no option. After a command that has --exec it
 * is the program to become.
 *
 *   lm_parse   fill app->settings.values, the command and its arguments;
 *              what is wrong is app->fault
 *
 * Ownership: values and arguments point into argv, whose order is changed.
 */
#ifndef LM_CLI_PARSE_H
#define LM_CLI_PARSE_H

struct lm_app;

int lm_parse(struct lm_app *app, int argc, char **argv);

#endif
