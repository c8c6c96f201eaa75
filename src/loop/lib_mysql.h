/* libmariadb: of checks of MariaDB and MySQL. See core/library.h. */
#pragma once
#include "core/library.h"

#include <mysql.h>

#define LIBMYSQL_FUNCTIONS(F)                           \
	F(close, mysql_close)                           \
	F(error_number, mysql_errno)                    \
	F(error, mysql_error)                           \
	F(fetch_lengths, mysql_fetch_lengths)           \
	F(fetch_row_cont, mysql_fetch_row_cont)         \
	F(fetch_row_start, mysql_fetch_row_start)       \
	F(free_result, mysql_free_result)               \
	F(get_server_info, mysql_get_server_info)       \
	F(get_socket, mysql_get_socket)                 \
	F(init, mysql_init)                             \
	F(num_fields, mysql_num_fields)                 \
	F(options, mysql_options)                       \
	F(real_connect_cont, mysql_real_connect_cont)   \
	F(real_connect_start, mysql_real_connect_start) \
	F(real_query_cont, mysql_real_query_cont)       \
	F(real_query_start, mysql_real_query_start)     \
	F(use_result, mysql_use_result)

typedef LIBRARY_TABLE(LIBMYSQL_FUNCTIONS) Libmysql;

extern Libmysql libmysql; /* all NULL before libmysql_open() */

MUST_CHECK bool libmysql_open(Err *err);
