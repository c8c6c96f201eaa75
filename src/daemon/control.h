/* The control socket: a Unix socket in the data folder, for people on this machine.
 * One line of JSON asks, one line answers:
 *
 *   {"command": "incident.ack", "args": {"id": "2026-0012"}}
 *   {"ok": true, "result": {…}}   or   {"ok": false, "error": {"code", "message", "hint"}}
 *
 * Who may connect is who may open the socket (its folder is 0700): the caller's user
 * comes from the kernel (SO_PEERCRED), never from the request. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "loop/loop.h"

typedef struct Control Control;

/* Carries out one request; fills `answer` with JSON or sets err. One that takes longer calls
 * control_later() and returns true. */
typedef bool ControlRun(void *ctx, const char *command, const char *args, const char *actor,
                        Buf *answer, Err *err);

/* An answer that is owed: given once, by control_answer(), whether the client still waits or
 * not. Until then the next requests of that client wait. */
typedef struct ControlLater ControlLater;
ControlLater *control_later(Control *c); /* only inside ControlRun */
/* Called when the client of an answer that is owed has left; it is owed all the same. */
typedef void ControlGone(void *ctx, ControlLater *later);
void control_forget(ControlLater *later); /* inside ControlRun: it answers at once after all */
/* From the loop's thread, never inside ControlRun; also after control_close(). `answer` is JSON, `err` counts when not
 * ok. Frees the debt. */
void control_answer(ControlLater *later, bool ok, const Buf *answer, const Err *err);

/* Listens at `path` (an old socket nobody answers on is replaced). ERR_CONFLICT when
 * a daemon answers there. */
Control *control_open(Loop *loop, const char *path, ControlRun *run, ControlGone *gone, void *ctx,
                      Err *err) MUST_CHECK;
void control_close(Control *c); /* NULL is fine; removes the socket */
