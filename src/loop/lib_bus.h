/* libsystemd: of checks of systemd units. See core/library.h. */
#pragma once
#include "core/library.h"

#include <systemd/sd-bus.h>

#define LIBBUS_FUNCTIONS(F)                                        \
	F(call_method_async, sd_bus_call_method_async)             \
	F(close, sd_bus_close)                                     \
	F(get_events, sd_bus_get_events)                           \
	F(get_fd, sd_bus_get_fd)                                   \
	F(get_timeout, sd_bus_get_timeout)                         \
	F(message_get_error, sd_bus_message_get_error)             \
	F(message_is_method_error, sd_bus_message_is_method_error) \
	F(message_read, sd_bus_message_read)                       \
	F(open_system, sd_bus_open_system)                         \
	F(process, sd_bus_process)                                 \
	F(unref, sd_bus_unref)

typedef LIBRARY_TABLE(LIBBUS_FUNCTIONS) Libbus;

extern Libbus libbus; /* all NULL before libbus_open() */

MUST_CHECK bool libbus_open(Err *err);
