/* The route table and the engine's command table speak of the same things. */
#include "harness.h"

#include "core/text.h"
#include "engine/engine.h"
#include "web/web_private.h"

static const EngineCommand *command(const char *name)
{
	for (size_t i = 0; engine_command_at(i); i++) {
		if (text_eq(engine_command_at(i)->name, name))
			return engine_command_at(i);
	}
	return NULL;
}

static WebRole web_role(EngineRole role)
{
	switch (role) {
	case ROLE_NOBODY: return WEB_PUBLIC;
	case ROLE_VIEWER: return WEB_VIEWER;
	case ROLE_RESPONDER: return WEB_RESPONDER;
	case ROLE_OPERATOR: return WEB_OPERATOR;
	case ROLE_ADMIN: break;
	}
	return WEB_ADMIN;
}

TEST(each_command_behind_a_route_exists_and_asks_for_the_same_role)
{
	size_t n = 0;

	for (size_t i = 0; i < web_routes_n; i++) {
		const EngineCommand *c;

		if (!web_routes[i].command)
			continue;
		n++;
		c = command(web_routes[i].command);
		if (!EXPECT(c != NULL) || !EXPECT_INT(web_routes[i].role, web_role(c->role)))
			(void)printf("# %s\n", web_routes[i].command);
	}
	EXPECT(n > 20);
}

TEST(a_part_of_a_path_is_an_argument_of_its_command)
{
	for (size_t i = 0; i < web_routes_n; i++) {
		const Route *r = &web_routes[i];
		const char *open = strchr(r->pattern, '{');
		char name[32];

		if (!r->command || !open)
			continue;
		text_copy(name, sizeof name, open + 1);
		name[strcspn(name, "}")] = '\0';
		EXPECT_HAS(command(r->command)->help, name);
	}
}

TEST(each_command_of_the_engine_has_its_route)
{
	/* Made for the socket: a screen in a terminal's width, a heartbeat without token. */
	static const char *const local[] = { "status.screen", "push" };

	for (size_t i = 0; engine_command_at(i); i++) {
		const char *name = engine_command_at(i)->name;
		bool found = false;

		for (size_t k = 0; k < web_routes_n; k++)
			found = found || text_eq(web_routes[k].command, name);
		for (size_t k = 0; k < COUNT_OF(local); k++)
			found = found || text_eq(local[k], name);
		if (!EXPECT(found))
			(void)printf("# %s\n", name);
	}
}
