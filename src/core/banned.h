/* Functions that have no safe use here are compile errors in every file (forced
 * in by the build, after the headers that declare them). tools/layers holds the
 * rest of the list: functions only one folder may use. */
#pragma once
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(f) sorry_##f##_is_a_banned_function
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef setjmp
#define strcpy(...)    BANNED(strcpy)
#define strcat(...)    BANNED(strcat)
#define strncpy(...)   BANNED(strncpy)
#define strncat(...)   BANNED(strncat)
#define sprintf(...)   BANNED(sprintf)
#define vsprintf(...)  BANNED(vsprintf)
#define strtok(...)    BANNED(strtok)
#define gets(...)      BANNED(gets)
#define atoi(...)      BANNED(atoi)
#define atol(...)      BANNED(atol)
#define atoll(...)     BANNED(atoll)
#define system(...)    BANNED(system)
#define popen(...)     BANNED(popen)
#define rand(...)      BANNED(rand)
#define srand(...)     BANNED(srand)
#define gmtime(...)    BANNED(gmtime)
#define localtime(...) BANNED(localtime)
#define ctime(...)     BANNED(ctime)
#define asctime(...)   BANNED(asctime)
#define mktemp(...)    BANNED(mktemp)
#define setjmp(...)    BANNED(setjmp)
#define longjmp(...)   BANNED(longjmp)
