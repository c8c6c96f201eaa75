/* libpq: of checks of PostgreSQL. See core/library.h. */
#pragma once
#include "core/library.h"

#include <libpq-fe.h>

#define LIBPQ_FUNCTIONS(F)                          \
	F(clear, PQclear)                           \
	F(connectPoll, PQconnectPoll)               \
	F(connectStartParams, PQconnectStartParams) \
	F(conninfoFree, PQconninfoFree)             \
	F(conninfoParse, PQconninfoParse)           \
	F(consumeInput, PQconsumeInput)             \
	F(errorMessage, PQerrorMessage)             \
	F(finish, PQfinish)                         \
	F(flush, PQflush)                           \
	F(getResult, PQgetResult)                   \
	F(getisnull, PQgetisnull)                   \
	F(getlength, PQgetlength)                   \
	F(getvalue, PQgetvalue)                     \
	F(isBusy, PQisBusy)                         \
	F(nfields, PQnfields)                       \
	F(parameterStatus, PQparameterStatus)       \
	F(resultErrorField, PQresultErrorField)     \
	F(resultErrorMessage, PQresultErrorMessage) \
	F(resultStatus, PQresultStatus)             \
	F(sendQuery, PQsendQuery)                   \
	F(sendQueryParams, PQsendQueryParams)       \
	F(setSingleRowMode, PQsetSingleRowMode)     \
	F(setnonblocking, PQsetnonblocking)         \
	F(socket, PQsocket)                         \
	F(status, PQstatus)

typedef LIBRARY_TABLE(LIBPQ_FUNCTIONS) Libpq;

extern Libpq libpq; /* all NULL before libpq_open() */

MUST_CHECK bool libpq_open(Err *err);
