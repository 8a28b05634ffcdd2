// SPDX-License-Identifier: Apache-2.0
#ifndef KPROD_TERMINAL_H
#define KPROD_TERMINAL_H

/// The width of the terminal at `descriptor` in columns; 0 when it is none or does not say.
int kprod_terminal_columns(int descriptor);

/// Blocks until there is something to read, and returns how many bytes; 0 at the end, or when the system does not tell.
int kprod_wait_for_input(int descriptor);

/// Reads keys one at a time and shows none of them, until kprod_terminal_show_input; one caller at a time. 0 if it can.
int kprod_terminal_hide_input(int descriptor);

/// As it was before.
void kprod_terminal_show_input(int descriptor);

#endif
