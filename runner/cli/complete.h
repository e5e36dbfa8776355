/* SPDX-License-Identifier: MIT */
/*
 * complete.h - completion for shells, written from the tables of commands
 * and options: what help shows is what they complete.
 *
 *   lm_complete_bash, zsh, fish   append the script for that shell
 *   lm_complete_value             what stands for this option's value
 *   lm_complete_argument          what stands for this command's argument
 *   lm_complete_is_own            is it completed with its command, not with
 *                                 one of every command's that has its name?
 *   lm_complete_quote             append text for single quotes, in the way
 *                                 of bash and zsh
 *
 * The scripts ask the program itself for IDs (`status --json`), with the
 * options that tell where they are; where it cannot answer there are none.
 */
#ifndef LM_CLI_COMPLETE_H
#define LM_CLI_COMPLETE_H

#include "command.h"
#include "str.h"

typedef enum lm_wanted {
    LM_WANTED_NOTHING, /* nothing that we could know */
    LM_WANTED_FILE,
    LM_WANTED_FOLDER,
    LM_WANTED_ID,
    LM_WANTED_TEMPLATE,
    LM_WANTED_COMMAND,
    LM_WANTED_CHOICE /* the words themselves, split by | */
} lm_wanted;

lm_wanted lm_complete_value(const lm_option *option);
bool lm_complete_is_own(const lm_option *option);
lm_wanted lm_complete_argument(const lm_command *command);
void lm_complete_quote(lm_str *to, const char *text);
void lm_complete_bash(lm_str *to);
void lm_complete_zsh(lm_str *to);
void lm_complete_fish(lm_str *to);

#endif
