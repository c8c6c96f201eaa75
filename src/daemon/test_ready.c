/* What the service manager is told, by a socket that stands in for it. */
#include "harness.h"

#include "daemon/ready.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void listen_at(const char *name, int *ret)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(at.sun_path, name, n);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	*ret = fd;
	ASSERT(bind(fd, (struct sockaddr *)&at,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) == 0);
}

static void expect_told(const char *name)
{
	char text[64] = "";
	int fd;

	listen_at(name, &fd);
	(void)setenv("NOTIFY_SOCKET", name, 1);
	tell_manager("READY=1");
	EXPECT_INT(recv(fd, text, sizeof text - 1, 0), 7);
	EXPECT_TEXT(text, "READY=1");
	(void)close(fd);
	(void)unsetenv("NOTIFY_SOCKET");
}

TEST(the_manager_is_told_by_path_and_by_abstract_name)
{
	char name[100];

	(void)snprintf(name, sizeof name, "%s/manager", test_dir());
	expect_told(name);
	(void)snprintf(name, sizeof name, "@carene-test-%d", (int)getpid());
	expect_told(name);
}

TEST(nobody_is_told_without_a_manager_that_listens)
{
	char name[100];
	int fd;

	(void)snprintf(name, sizeof name, "%s/nobody", test_dir());
	listen_at(name, &fd);
	(void)unsetenv("NOTIFY_SOCKET");
	tell_manager("READY=1");
	for (size_t i = 0; i < 3; i++) {
		const char *odd[] = { "", "relative", "/no/such/socket" };

		(void)setenv("NOTIFY_SOCKET", odd[i], 1);
		tell_manager("READY=1");
	}
	EXPECT_INT(recv(fd, name, sizeof name, 0), -1);
	(void)close(fd);
}
