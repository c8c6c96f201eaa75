"""systemd, as far as a question about a unit needs it, on the bus in
DBUS_SYSTEM_BUS_ADDRESS."""
import os

from gi.repository import Gio, GLib

UNITS = {
    'nginx.service': ('active', 'running'),
    'broken.service': ('failed', 'failed'),
    'starting.service': ('activating', 'start'),
}
ROOT = '/org/freedesktop/systemd1'
XML = '''<node>
 <interface name="org.freedesktop.systemd1.Manager">
  <method name="GetUnit"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
 </interface>
 <interface name="org.freedesktop.systemd1.Unit">
  <property name="ActiveState" type="s" access="read"/>
  <property name="SubState" type="s" access="read"/>
 </interface>
</node>'''
PATHS = {name: f'{ROOT}/unit/' + name.replace('.', '_2e') for name in UNITS}


def get_unit(connection, sender, path, interface, method, args, call):
    name = args.unpack()[0]
    if name == 'hanging.service':
        return
    if name == 'forbidden.service':
        call.return_dbus_error('org.freedesktop.DBus.Error.AccessDenied', 'not you')
    elif name in UNITS:
        call.return_value(GLib.Variant('(o)', (PATHS[name],)))
    else:
        call.return_dbus_error('org.freedesktop.systemd1.NoSuchUnit', f'Unit {name} not loaded.')


def property_of(name):
    def get(connection, sender, path, interface, wanted):
        return GLib.Variant('s', UNITS[name][wanted == 'SubState'])
    return get


node = Gio.DBusNodeInfo.new_for_xml(XML)
bus = Gio.DBusConnection.new_for_address_sync(
    os.environ['DBUS_SYSTEM_BUS_ADDRESS'],
    Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
    None, None)
bus.register_object(ROOT, node.interfaces[0], get_unit, None, None)
for unit in UNITS:
    bus.register_object(PATHS[unit], node.interfaces[1], None, property_of(unit), None)
Gio.bus_own_name_on_connection(bus, 'org.freedesktop.systemd1', 0, None, None)
GLib.MainLoop().run()
