include $(sort $(wildcard $(BR2_EXTERNAL_QVMAIL_PATH)/package/*/*.mk))
