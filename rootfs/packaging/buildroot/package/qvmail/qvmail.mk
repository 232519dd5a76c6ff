################################################################################
#
# qvmail
#
################################################################################

QVMAIL_VERSION = 0.1.0
# The one source: the tree that this directory is part of.
QVMAIL_SITE = $(BR2_EXTERNAL_QVMAIL_PATH)/../../..
QVMAIL_SITE_METHOD = local
QVMAIL_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude build
QVMAIL_LICENSE = 0BSD
QVMAIL_LICENSE_FILES = rootfs/packaging/LICENSE
QVMAIL_DEPENDENCIES = tinycdb

QVMAIL_MAKE_CMD = \
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) \
	CC="$(TARGET_CC)" CFLAGS="$(TARGET_OPTIMIZATION)" SYSROOT=$(STAGING_DIR)/usr \
	APPLETS="$(call qstrip,$(BR2_PACKAGE_QVMAIL_APPLETS))"

define QVMAIL_BUILD_CMDS
	$(QVMAIL_MAKE_CMD) all
endef

define QVMAIL_INSTALL_TARGET_CMDS
	$(QVMAIL_MAKE_CMD) install PAGES=no DESTDIR=$(TARGET_DIR)
	$(INSTALL) -D -m 0644 $(@D)/rootfs/etc/default/qvmail $(TARGET_DIR)/etc/default/qvmail
	$(INSTALL) -D -m 0755 $(@D)/rootfs/etc/qvmail/run $(TARGET_DIR)/etc/qvmail/run
	$(INSTALL) -D -m 0755 $(@D)/rootfs/etc/qvmail/stop $(TARGET_DIR)/etc/qvmail/stop
endef

define QVMAIL_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(@D)/rootfs/etc/init.d/S80qvmail \
		$(TARGET_DIR)/etc/init.d/S80qvmail
endef

define QVMAIL_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 0755 $(@D)/rootfs/packaging/alpine/qvmail.initd \
		$(TARGET_DIR)/etc/init.d/qvmail
	$(INSTALL) -D -m 0644 $(@D)/rootfs/etc/default/qvmail \
		$(TARGET_DIR)/etc/conf.d/qvmail
	rm -f $(TARGET_DIR)/etc/default/qvmail
endef

define QVMAIL_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 0644 -t $(TARGET_DIR)/usr/lib/systemd/system \
		$(@D)/rootfs/packaging/systemd/*
endef

# Fixed numbers: mail on the disk belongs to them after the next build, too.
define QVMAIL_USERS
	popusr 510 popusr 51 * /home/popmail - - mail of qvmail
endef

define QVMAIL_PERMISSIONS
	/home/popmail d 755 0 0 - - - - -
	/home/serialmail d 755 0 0 - - - - -
endef

$(eval $(generic-package))
