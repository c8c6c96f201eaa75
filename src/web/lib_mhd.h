/* libmicrohttpd: of a daemon that listens. See core/library.h. */
#pragma once
#include "core/library.h"

#include <microhttpd.h>

#define LIBMHD_FUNCTIONS(F)                                     \
	F(add_response_header, MHD_add_response_header)         \
	F(create_response_from_buffer_with_free_callback,       \
	  MHD_create_response_from_buffer_with_free_callback)   \
	F(destroy_response, MHD_destroy_response)               \
	F(get_connection_info, MHD_get_connection_info)         \
	F(get_connection_values, MHD_get_connection_values)     \
	F(get_daemon_info, MHD_get_daemon_info)                 \
	F(get_timeout, MHD_get_timeout)                         \
	F(lookup_connection_value, MHD_lookup_connection_value) \
	F(queue_response, MHD_queue_response)                   \
	F(run, MHD_run)                                         \
	F(start_daemon, MHD_start_daemon)                       \
	F(stop_daemon, MHD_stop_daemon)

typedef LIBRARY_TABLE(LIBMHD_FUNCTIONS) Libmhd;

extern Libmhd libmhd; /* all NULL before libmhd_open() */

MUST_CHECK bool libmhd_open(Err *err);
