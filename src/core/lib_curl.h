/* libcurl: of checks that are not plain HTTP, and addresses that are not plain. See core/library.h. */
#pragma once
#include "core/library.h"

#define CURL_DISABLE_TYPECHECK /* its macros would not let go of the names */
#include <curl/curl.h>

#define LIBCURL_FUNCTIONS(F)                             \
	F(easy_cleanup, curl_easy_cleanup)               \
	F(easy_getinfo, curl_easy_getinfo)               \
	F(easy_init, curl_easy_init)                     \
	F(easy_perform, curl_easy_perform)               \
	F(easy_reset, curl_easy_reset)                   \
	F(easy_setopt, curl_easy_setopt)                 \
	F(easy_strerror, curl_easy_strerror)             \
	F(release, curl_free)                            \
	F(global_init, curl_global_init)                 \
	F(multi_add_handle, curl_multi_add_handle)       \
	F(multi_assign, curl_multi_assign)               \
	F(multi_cleanup, curl_multi_cleanup)             \
	F(multi_info_read, curl_multi_info_read)         \
	F(multi_init, curl_multi_init)                   \
	F(multi_remove_handle, curl_multi_remove_handle) \
	F(multi_setopt, curl_multi_setopt)               \
	F(multi_socket_action, curl_multi_socket_action) \
	F(slist_append, curl_slist_append)               \
	F(slist_free_all, curl_slist_free_all)           \
	F(url, curl_url)                                 \
	F(url_cleanup, curl_url_cleanup)                 \
	F(url_get, curl_url_get)                         \
	F(url_set, curl_url_set)

typedef LIBRARY_TABLE(LIBCURL_FUNCTIONS) Libcurl;

extern Libcurl libcurl; /* all NULL before libcurl_open() */

MUST_CHECK bool libcurl_open(Err *err);
