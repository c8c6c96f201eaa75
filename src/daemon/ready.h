/* Tells the service manager how the daemon is: that it is ready, alive, stopping. One datagram
 * to the socket that the manager named (sd_notify(3)); libsystemd would bring six libraries
 * for it. */
#pragma once

/* "READY=1" and the like. Nothing is said, and nothing fails, without a manager that listens
 * ($NOTIFY_SOCKET). */
void tell_manager(const char *state);
